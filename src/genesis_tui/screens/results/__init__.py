"""Results: labs, radiology, pathology and notes of the open patient."""
