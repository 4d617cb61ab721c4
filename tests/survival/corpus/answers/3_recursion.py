# does: calls itself without end
# becomes: raised


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    return label_efficiency(labels, accuracy_transfer, accuracy_scratch, at)
