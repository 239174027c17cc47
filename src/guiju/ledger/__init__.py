"""The tamper-evident log: RFC 6962 tree, C2SP tiles and checkpoints, sealed bodies. Imports the kernel only."""
