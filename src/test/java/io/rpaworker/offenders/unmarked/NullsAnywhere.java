package io.rpaworker.offenders.unmarked;

/** Its package has no package-info. */
public final class NullsAnywhere {

    private NullsAnywhere() {}
}
