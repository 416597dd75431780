package io.rpaworker.ops.cli;

import io.rpaworker.text.OneLine;

/** How a text looks on a terminal. */
enum Style {
    NONE(""),
    BOLD("1"),
    GOOD("32"),
    WARNING("33"),
    BAD("31"),
    FAINT("2");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The text in this style, where there are styles. */
    String on(String text, boolean coloured) {
        return !coloured || code.isEmpty() || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }

    /** Without anything that a terminal would obey. */
    String plain(String text) {
        return OneLine.of(text).replace("\t", "\\t");
    }
}
