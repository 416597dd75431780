package io.rpaworker.ops.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** What somebody may do; each role includes those before it. */
enum Role {
    VIEWER,
    OPERATOR,
    ADMIN;

    private static final String PREFIX = "ROLE_";

    private final String text = name().toLowerCase(Locale.ROOT);

    String text() {
        return text;
    }

    /** This role and those that it includes. */
    List<GrantedAuthority> authorities() {
        return Arrays.stream(values())
                .filter(it -> it.compareTo(this) <= 0)
                .<GrantedAuthority>map(it -> new SimpleGrantedAuthority(PREFIX + it.text))
                .toList();
    }

    static Optional<Role> named(String text) {
        return Arrays.stream(values()).filter(it -> it.text.equals(text)).findFirst();
    }

    /** The role that an authority stands for, as text. */
    static String textOf(GrantedAuthority authority) {
        String name = String.valueOf(authority.getAuthority());
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }
}
