"""Search in memory: texts found by Chinese, pinyin and English, typed in part or asked as a question."""
