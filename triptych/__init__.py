"""Everything Triptych knows about image models; read the modules in the order of `tests/test_architecture.py`."""

__version__ = "0.1.0"
