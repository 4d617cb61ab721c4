# does: raises an error that would change the terminal's title and clear it
# becomes: raised


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    raise ValueError("\x1b]0;owned\x07\x1b[2J\x1b[31mcleared")
