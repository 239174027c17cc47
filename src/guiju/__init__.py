"""Guiju 规矩: a messenger for work groups in which the organisation's written rules hold."""
