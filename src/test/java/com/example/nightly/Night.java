package com.example.nightly;

/**
 * What a run of flow {@code nightly} is started with.
 *
 * @param records how many it has
 */
public record Night(int records) {}
