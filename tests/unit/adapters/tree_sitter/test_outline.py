from __future__ import annotations

from textwrap import dedent

import pytest

from adapters.tree_sitter.outline import outline

CASES = {
    "shop.js": (
        """
        import { rate } from "./rates";
        const money = require('../money');
        export const TAX = 19;
        class Cart {
          total(items) { return items.length; }
        }
        function open() {}
        const close = async () => {};
        Cart.prototype.empty = function () {};
        module.exports = { reopen: () => 1 };
        """,
        """
        money:constant:2 TAX:constant:3 Cart:class:4-6 total:function:5 open:function:7 close:function:8
        empty:function:9 reopen:function:10
        """,
        "./rates ../money",
    ),
    "shop.ts": (
        """
        import type { Rate } from './rates'
        export interface Basket { cents: number }
        export type Price = number
        enum Colour { Red }
        export class Cart<T> {
          total(items: T[]): number { return 1 }
        }
        export function open(): void {}
        """,
        "Basket:class:2 Price:class:3 Colour:class:4 Cart:class:5-7 total:function:6 open:function:8",
        "./rates",
    ),
    "shop.tsx": ("export const Row = (props: Props) => <td>{props.cents}</td>\n", "Row:function:1", ""),
    "shop.go": (
        """
        package shop

        import (
            "fmt"
            r "acme.example/shop/rates"
        )

        const Tax = 19

        type Cart struct {
            cents int
        }

        func (c *Cart) Total() int {
            return c.cents
        }

        func Open() {}
        """,
        "Tax:constant:8 Cart:class:10-12 Total:function:14-16 Open:function:18",
        "fmt acme.example/shop/rates",
    ),
    "Shop.java": (
        """
        package com.acme.shop;
        import com.acme.rates.Rate;
        public class Shop {
          static final int TAX = 19;
          Shop() {}
          int total(int cents) { return cents; }
          interface Listener {}
          enum Colour { RED }
          record Price(int cents) {}
        }
        """,
        "Shop:class:3-10 TAX:constant:4 Shop:function:5 total:function:6 Listener:class:7 Colour:class:8 Price:class:9",
        "com.acme.rates.Rate",
    ),
    "shop.rs": (
        """
        use crate::rates::Rate;
        mod money;
        const TAX: u32 = 19;
        pub struct Cart<T> { cents: T }
        trait Total { fn total(&self) -> u32; }
        impl<T> Total for Cart<T> {
            fn total(&self) -> u32 { 1 }
        }
        macro_rules! open { () => {} }
        enum Colour { Red }
        """,
        """
        TAX:constant:3 Cart:class:4 Total:class:5 total:function:5 Cart:class:6-8 total:function:7 open:function:9
        Colour:class:10
        """,
        "crate::rates::Rate money",
    ),
    "shop.c": (
        """
        #include <stdio.h>
        #include "rates.h"
        #define TAX 19
        struct cart { int cents; };
        typedef struct { int red; } colour;
        static int total(struct cart *c) { return c->cents; }
        char *name(void) { return 0; }
        """,
        "TAX:constant:3 cart:class:4 colour:class:5 total:function:6 name:function:7",
        "stdio.h rates.h",
    ),
    "shop.cpp": (
        """
        #include "rates.hpp"
        namespace shop {
        class Cart {
         public:
          int total() const { return 1; }
          ~Cart() {}
        };
        int Cart::open(int x) { return x; }
        template <typename T> struct Basket { T cents; };
        enum class Colour { Red };
        using Price = int;
        }
        """,
        """
        Cart:class:3-7 total:function:5 ~Cart:function:6 open:function:8 Basket:class:9 Colour:class:10
        Price:class:11
        """,
        "rates.hpp",
    ),
    "shop.h": (
        """
        #include "rates.h"
        class Cart {
         public:
          int total() const { return 1; }
        };
        """,
        "Cart:class:2-5 total:function:4",
        "rates.h",
    ),
    "Shop.cs": (
        """
        using System.Text;
        namespace Acme.Shop
        {
            public class Cart
            {
                public Cart() { }
                public int Cents { get; set; }
                int Total(int x) => x;
            }
            interface IOpen { }
            struct Price { }
            record Rate(int Percent);
            enum Colour { Red }
        }
        """,
        """
        Cart:class:4-9 Cart:function:6 Cents:function:7 Total:function:8 IOpen:class:10 Price:class:11 Rate:class:12
        Colour:class:13
        """,
        "System.Text",
    ),
    "shop.rb": (
        """
        require 'json'
        require_relative "shop/rates"
        module Shop
          TAX = 19
          class Cart < Base
            def total(items)
              items.size
            end
            def self.open; end
          end
        end
        """,
        "Shop:class:3-11 TAX:constant:4 Cart:class:5-10 total:function:6-8 open:function:9",
        "json shop/rates",
    ),
    "shop.php": (
        """
        <?php
        namespace Acme\\Shop;
        use Acme\\Rates\\Rate;
        require_once 'money.php';
        const TAX = 19;
        interface Open {}
        trait Total {}
        class Cart extends Base {
          public function total($items) { return 1; }
        }
        function open() {}
        """,
        "TAX:constant:5 Open:class:6 Total:class:7 Cart:class:8-10 total:function:9 open:function:11",
        "Acme\\Rates\\Rate money.php",
    ),
}


def read(path: str, source: str) -> tuple[str, str]:
    """The definitions and the imports, in short."""
    found = outline(path, dedent(source).lstrip("\n").encode())
    assert found is not None
    definitions = []
    for one in found.definitions:
        lines = f"{one.first}" if one.first == one.last else f"{one.first}-{one.last}"
        definitions.append(f"{one.name}:{one.kind}:{lines}")
    return " ".join(definitions), " ".join(found.imports)


@pytest.mark.parametrize("path", CASES)
def test_tells_what_a_file_defines_and_imports(path: str) -> None:
    source, definitions, imports = CASES[path]
    assert read(path, source) == (" ".join(definitions.split()), imports)


def test_a_language_without_a_grammar_has_no_outline() -> None:
    assert outline("shop.lua", b"function total() end") is None


def test_broken_source_keeps_what_can_be_read() -> None:
    assert read("shop.go", "func Open() {}\nfunc (((\n")[0].startswith("Open:function:1")
