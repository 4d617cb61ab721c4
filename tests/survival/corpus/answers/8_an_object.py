# does: answers with an object that can be called
# becomes: passed


class Efficiency:
    def __call__(self, labels, accuracy_transfer, accuracy_scratch, at):
        goal = accuracy_transfer[labels.index(at)]
        if max(accuracy_scratch) < goal:
            return np.inf
        return 10 ** np.interp(goal, accuracy_scratch, np.log10(labels)) / at


label_efficiency = Efficiency()
