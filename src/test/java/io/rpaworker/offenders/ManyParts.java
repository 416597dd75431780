package io.rpaworker.offenders;

/** A value that could be a record, and is none. */
final class ManyParts {

    final int sum;

    ManyParts(int one, int two, int three, int four, int five, int six, int seven) {
        sum = one + two + three + four + five + six + seven;
    }
}
