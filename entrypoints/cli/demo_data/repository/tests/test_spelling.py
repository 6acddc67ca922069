import unittest

from durations import spell


class SpellTest(unittest.TestCase):
    def test_uses_the_fewest_units(self):
        self.assertEqual(spell(5_400), "1h 30m")
        self.assertEqual(spell(86_400), "1d")

    def test_spells_nothing_as_no_seconds(self):
        self.assertEqual(spell(0), "0s")

    def test_refuses_a_negative_length(self):
        with self.assertRaises(ValueError):
            spell(-1)


if __name__ == "__main__":
    unittest.main()
