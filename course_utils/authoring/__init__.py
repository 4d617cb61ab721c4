"""Turn what authors write into what learners use: sources, notebooks, sealed questions, release gates."""
