# does: never returns and swallows whatever should stop it
# becomes: timed out


def label_efficiency(labels, accuracy_transfer, accuracy_scratch, at):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
