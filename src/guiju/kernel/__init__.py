"""What every module stands on; knows no business word."""
