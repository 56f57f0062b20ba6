"""The largest bodies that the mock takes, by path."""

import re

FHIR = "/fhir/r4"
LARGEST_BODY = 256 * 1024
"""Bytes; nothing but files and imports needs more."""
LARGEST_FILE = 12 * 1024**2
FILE = re.compile(r"/portal/v1/patients/[^/]+/attachments/[^/]+")
IMPORT = "/mock/v1/import"
LARGEST_IMPORT = 8 * 1024**3
"""Bytes on disk while they are read; never all of them in memory."""
