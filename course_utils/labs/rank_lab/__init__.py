"""The rank slider: what updates of a rank learn, keep and weigh."""
