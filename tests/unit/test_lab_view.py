"""What labs made of stock widgets share: guesses and late clicks."""

from course_utils.labs.kit.controls import GuessMenu, Replay
from course_utils.labs.kit.live import Live


def test_a_guess_is_none_until_it_is_chosen_and_zero_is_one():
    guess = GuessMenu("Your guess", [("0 %", 0), ("50 %", 50)])
    assert (guess.guess, guess.index) == (None, 0)
    guess.guess = 0
    assert (guess.guess, guess.label) == (0, "0 %")
    guess.guess = 37
    assert guess.guess is None


def test_late_clicks_show_the_nearest_place():
    seen = []
    replay = Replay("Step", seen.append, Live())
    replay.set([10, 20, 30], 0)
    replay._back.click()
    replay.set([10, 20, 30], 2)
    replay._forward.click()
    replay.set([], 5)
    replay._forward.click()
    assert seen == [0, 2]
    assert replay._play.disabled
