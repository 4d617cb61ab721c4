# does: returns infinity for everything
# becomes: wrong or partly


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    return float("inf")
