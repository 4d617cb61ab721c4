# does: returns NaN, which is equal to nothing and above nothing
# becomes: wrong


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    return float("nan")
