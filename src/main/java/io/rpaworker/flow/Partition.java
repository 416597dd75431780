package io.rpaworker.flow;

/**
 * A static share of a flow: the records whose {@code id} modulo {@code count} is {@code index}, also where ids are
 * below zero.
 *
 * @param index from 0
 * @param count 1 for all records, coordinated freely
 */
public record Partition(int index, int count) {

    /** Every record. */
    public static final Partition ALL = new Partition(0, 1);
}
