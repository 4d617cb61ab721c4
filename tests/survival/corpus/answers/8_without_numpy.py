# does: interpolates by hand
# becomes: passed


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    import math

    goal = accuracy_transfer[labels.index(at)]
    if goal <= accuracy_scratch[0]:
        return labels[0] / at
    for n0, n1, a0, a1 in zip(labels, labels[1:], accuracy_scratch, accuracy_scratch[1:]):
        if a0 < goal <= a1:
            return math.exp(math.log(n0) + (math.log(n1) - math.log(n0)) * (goal - a0) / (a1 - a0)) / at
    return math.inf
