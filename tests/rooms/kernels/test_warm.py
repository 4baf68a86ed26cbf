from openline.kernels import warm
from openline.kernels._jit import JIT_OFF, compiled_count
from openline.kernels.warm import is_warm, will_be_quick


def test_warm_compiles_everything_the_index_uses():
    """After it, nothing the index asks for is compiled anew: its own calls with other numbers add no form of a kernel."""
    warm.warm()
    before = [compiled_count(kernel) for kernel in warm._ENTRIES]
    warm.warm()
    assert is_warm()
    assert [compiled_count(kernel) for kernel in warm._ENTRIES] == before
    assert JIT_OFF or set(before) == {1}


def test_progress_is_told_step_by_step():
    said = []
    warm.warm(lambda name, done, of: said.append((name, done, of)))
    assert [done for _, done, _ in said] == list(range(len(said)))
    assert said[-1] == ("", len(said) - 1, len(said) - 1)
    assert all(name for name, _, _ in said[:-1])


def test_what_is_warm_will_be_quick():
    warm.warm()
    assert will_be_quick()


def test_without_the_compiler_there_is_nothing_to_wait_for(plain):
    assert plain("warm").is_warm()
