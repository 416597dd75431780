package com.example.greeting;

import jakarta.validation.constraints.NotBlank;

/**
 * What a record of flow {@code greeting} asks for; its payload is {@code {"name": "Ada"}}.
 *
 * @param name whom to greet
 */
public record Greeting(@NotBlank String name) {}
