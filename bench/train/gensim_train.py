"""Trains word vectors with gensim, for race.py: gensim_train.py MODEL CORPUS OUTPUT DIM WINDOW NEGATIVE SAMPLE MIN_COUNT RATE EPOCHS
THREADS SEED."""

import sys

import gensim

model, corpus, output = sys.argv[1:4]
dim, window, negative = (int(value) for value in sys.argv[4:7])
sample, min_count, rate = float(sys.argv[7]), int(sys.argv[8]), float(sys.argv[9])
epochs, threads, seed = (int(value) for value in sys.argv[10:13])
kind = gensim.models.FastText if model == "fasttext" else gensim.models.Word2Vec
ngrams = {"min_n": 3, "max_n": 6} if model == "fasttext" else {}
# It cuts lines off behind 10,000 words, so a text without line ends gets some.
words = open(corpus, encoding="utf-8").read().split()
lines = output + ".lines"
with open(lines, "w", encoding="utf-8") as file:
    file.writelines(" ".join(words[i:i + 1000]) + "\n" for i in range(0, len(words), 1000))
trained = kind(corpus_file=lines, sg=int(model != "cbow"), vector_size=dim, window=window, negative=negative,
               sample=sample, min_count=min_count, alpha=rate, epochs=epochs, workers=threads, seed=seed, **ngrams)
trained.wv.save_word2vec_format(output + ".bin", binary=True)
