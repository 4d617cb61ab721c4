# does: returns a constant
# becomes: wrong


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    return 1.0
