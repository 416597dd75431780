package io.rpaworker.ops.assessment;

import java.util.Locale;

/** How the queue is, and its score of 100. */
enum QueueState {
    IDLE(100),
    CRITICAL(25),
    DEGRADED(50),
    OVERLOADED(60),
    HEALTHY(90);

    private final int score;

    QueueState(int score) {
        this.score = score;
    }

    int score() {
        return score;
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
