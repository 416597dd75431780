package io.rpaworker.simulation;

/** What a record's handler does about it. */
enum Plan {
    FINE(true),
    FAILS_ONCE(true),
    /** Its source does not answer, twice. */
    WAITS(true),
    /** The first that handle it are killed by it, fewer than make it poison. */
    KILLS_ONCE(true),
    FAILS(false),
    REJECTED(false),
    /** Spoils the chunk it is written with. */
    CANNOT_BE_WRITTEN(false),
    KILLS(false);

    private final boolean completes;

    Plan(boolean completes) {
        this.completes = completes;
    }

    /** Whether it is completed in the end. */
    boolean completes() {
        return completes;
    }

    boolean kills(int time) {
        return this == KILLS || (this == KILLS_ONCE && time == 1);
    }

    /** By lot; most are fine. */
    static Plan of(int lot) {
        return switch (lot) {
            case 0 -> KILLS_ONCE;
            case 1, 2, 3 -> FAILS;
            case 4, 5, 6, 7 -> REJECTED;
            case 8, 9, 10, 11 -> CANNOT_BE_WRITTEN;
            case 12, 13, 14, 15, 16, 17, 18, 19 -> FAILS_ONCE;
            case 20, 21, 22, 23, 24, 25 -> WAITS;
            default -> lot == 199 ? KILLS : FINE;
        };
    }
}
