import importlib

from openline.kernels import _jit, ecef


def test_plain_python_is_plain_python(plain):
    assert not hasattr(plain("ecef").to_ecef, "signatures")


def test_the_compiled_one_is_still_there_afterwards(plain):
    assert importlib.import_module("openline.kernels.ecef") is ecef


def test_a_kernel_that_was_called_is_counted_as_compiled():
    ecef.to_ecef(1.0, 2.0)
    assert _jit.JIT_OFF or _jit.compiled_count(ecef.to_ecef) >= 1


def test_a_function_that_is_no_kernel_is_not_kept():
    assert not _jit.is_kept(len)


def test_the_cache_folder_of_a_kernel_changes_with_the_kernels_below_it(monkeypatch):
    before = _jit._cache_folder("openline.kernels.paths")
    sources = {name: _jit._source(name) for name in ("paths", "series")}
    monkeypatch.setattr(_jit, "_CHECKSUMS", {})
    monkeypatch.setattr(_jit, "_source", lambda name, read=_jit._source: read(name) + ("#" if name == "series" else ""))
    assert sources["series"]
    assert _jit._cache_folder("openline.kernels.paths") != before
