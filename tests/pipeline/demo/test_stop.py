"""Claims about Ctrl-C."""

import os
import signal

import pytest

from pipeline.demo.stop import StopRequest


class TestStopRequest:
    @pytest.mark.parametrize(
        "number", [pytest.param(signal.SIGINT, id="Ctrl-C"), pytest.param(signal.SIGTERM, id="kill")]
    )
    def test_the_first_is_a_wish_and_the_second_an_end(self, number):
        """
        Work may finish in order, unless somebody insists.
        """
        with StopRequest() as stop:
            assert not stop.asked
            os.kill(os.getpid(), number)
            assert stop.asked
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), number)

    def test_leaves_the_signals_as_they_were(self):
        """
        Afterwards Ctrl-C means what it meant before.
        """
        before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
        with StopRequest():
            pass

        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
