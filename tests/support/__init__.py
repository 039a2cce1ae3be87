"""What tests share: a clock that stands still, and `make_*` functions that arrange a world."""
