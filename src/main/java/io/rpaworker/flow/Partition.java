package io.rpaworker.flow;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A static share of a flow: the records whose {@code id} modulo {@code count} is {@code index}, also where ids are
 * below zero.
 *
 * @param index from 0
 * @param count 1 for all records, coordinated freely
 */
public record Partition(int index, int count) {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

    /** Every record. */
    public static final Partition ALL = new Partition(0, 1);

    /** As a replica has told it of itself; null if it has not, or not so that it makes sense. */
    public static @Nullable Partition told(@Nullable String index, @Nullable String count) {
        if (index == null
                || count == null
                || !NUMBER.matcher(index).matches()
                || !NUMBER.matcher(count).matches()) {
            return null;
        }
        var told = new Partition(Integer.parseInt(index), Integer.parseInt(count));
        return told.index < told.count ? told : null;
    }
}
