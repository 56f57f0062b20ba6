"""Encrypted files of this computer. Nothing here is opened unless the person turned it on."""
