# does: defines its helpers and constants after the function that uses them
# becomes: passed


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    goal = transfer_at(labels, accuracy_transfer, at)
    return NEVER if max(accuracy_scratch) < goal else needed(labels, accuracy_scratch, goal) / at


def transfer_at(labels, accuracies, at):
    return dict(zip(labels, accuracies))[at]


def needed(labels, accuracies, goal):
    return exp(interp(goal, accuracies, [log(n) for n in labels]))


NEVER = float("inf")
from math import exp, log

from numpy import interp
