import unittest

from durations import InvalidDuration, parse


class ParseTest(unittest.TestCase):
    def test_reads_one_unit(self):
        self.assertEqual(parse("45s"), 45)
        self.assertEqual(parse("2h"), 7_200)

    def test_adds_up_several_units(self):
        self.assertEqual(parse("1h 30m"), 5_400)
        self.assertEqual(parse("1d2h3m4s"), 93_784)

    def test_refuses_what_is_no_duration(self):
        for text in ("", "soon", "5 parsecs"):
            with self.assertRaises(InvalidDuration):
                parse(text)

    def test_refuses_rubbish_after_a_duration(self):
        with self.assertRaises(InvalidDuration):
            parse("1h and a bit")


if __name__ == "__main__":
    unittest.main()
