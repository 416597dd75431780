package com.example.nightly;

/**
 * A record of flow {@code nightly}.
 *
 * @param n its number in its run
 */
public record Item(int n) {}
