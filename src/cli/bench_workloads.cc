#include "cli/bench_workloads.h"

#include <array>
#include <string_view>

#include "base/error_context.h"

namespace sememe::cli {
namespace {

// Lengths of "mix".
constexpr std::array<std::size_t, 128> kMix = {
    61,  27,  12, 114, 42,  8,   120, 8,  112, 8,   142, 10,  142, 157, 38,  133, 50, 62, 68,
    56,  19,  8,  9,   54,  8,   10,  36, 19,  8,   67,  106, 65,  79,  6,   50,  43, 8,  28,
    103, 11,  36, 183, 107, 44,  165, 7,  45,  134, 129, 105, 56,  42,  6,   93,  39, 9,  156,
    38,  74,  10, 26,  21,  42,  118, 6,  116, 153, 94,  34,  159, 113, 122, 113, 22, 39, 47,
    75,  130, 55, 70,  148, 144, 201, 37, 7,   8,   68,  24,  6,   20,  55,  7,   12, 58, 226,
    69,  30,  30, 107, 10,  66,  38,  88, 112, 109, 73,  102, 12,  7,   90,  59,  63, 26, 77,
    99,  13,  36, 79,  27,  88,  27,  56, 10,  17,  66,  157, 89,  81};

constexpr std::array<std::string_view, 48> kSentences = {
    "The tide leaves the harbour dry twice a day, and the boats lie on their sides until it "
    "returns.",
    "A compiler that reports the wrong line costs its users more time than one that reports "
    "nothing.",
    "Grandmother kept the seeds of every good tomato in paper envelopes, each with a year on it.",
    "In 1869 the first railway across the continent cut the journey from six months to one week.",
    "Why does bread rise faster in a warm kitchen?",
    "The court held that the contract was void because neither party had understood its second "
    "clause.",
    "Glaciers move; they scrape valleys into the shape of a U and leave heaps of stones behind.",
    "To undo the last change, close the file without saving it and open it again.",
    "Violins are tuned in fifths, so a player can find the same pattern of fingers on every "
    "string.",
    "The patient was given 40 mg of the drug twice a day and reported no headaches after the first "
    "week.",
    "Honey does not spoil, because it holds too little water for bacteria to live in.",
    "Her third novel follows three sisters through a winter in which the post office closes.",
    "Prices rose by 2.4 percent in March, less than economists had expected.",
    "Each thread takes the next task from a shared counter, so that no thread waits while work is "
    "left.",
    "Swallows return to the same barn year after year, and repair the nest that they find there.",
    "The goalkeeper guessed the right corner, but the ball went in off the post.",
    "Photosynthesis stores the energy of light in sugar and sets oxygen free.",
    "Keep the receipt: without it the shop will exchange the lamp but not return your money.",
    "An earthquake of magnitude 6.1 was felt on both islands; nobody was hurt.",
    "The committee meets on the first Tuesday of the month in the small hall behind the library.",
    "Iron rusts where water and air can reach it, which is why bridges are painted again and "
    "again.",
    "He learned Portuguese from songs, and spoke it with the vowels of a much older generation.",
    "A queue with a limit pushes back on whoever fills it; a queue without one only hides the "
    "problem.",
    "Blue whales are the largest animals that have ever lived, and they eat almost nothing but "
    "krill.",
    "The recipe asks for two eggs, a pinch of salt, and as much flour as the dough will take.",
    "Voters in the northern districts complained that the polling stations had opened two hours "
    "late.",
    "Most of the city's bicycles are stolen in July, when the students have left.",
    "If the lamp blinks three times, hold the button for ten seconds and let the router start "
    "again.",
    "The poem has no rhymes, yet every line ends on a stressed syllable.",
    "Copper was mined here long before anybody wrote down the name of the valley.",
    "The theorem says nothing about how to find such a number, only that there must be one.",
    "Rain is likely in the west tonight, with gusts of up to ninety kilometres an hour on the "
    "coast.",
    "My brother repairs clocks; the oldest one in his workshop has no minute hand.",
    "Penicillin was found by accident, but it took twelve years of careful work to make it a "
    "medicine.",
    "The museum is free on Sundays, so come before ten if you want to see the mosaics in peace.",
    "Satellites in low orbit circle the Earth in about ninety minutes.",
    "The old road follows the ridge, where the ground stays firm even in a wet spring.",
    "Her salary was frozen, her hours were cut, and in the end she opened a bakery of her own.",
    "Search engines of the first kind counted words; later ones looked at who linked to whom.",
    "A judge may not hear a case in which she has an interest of her own.",
    "The pass is closed from November to May, and the village beyond it can be reached only by "
    "boat.",
    "Children learn the past tense of rare verbs last, and get them wrong in the same way "
    "everywhere.",
    "Olive trees grow slowly, bear fruit after some eight years, and may outlive the house beside "
    "them.",
    "Two teams measured the same star and disagreed about its distance by a tenth.",
    "The password must have twelve characters; a sentence that only you would think of is best.",
    "Limestone dissolves in rain, a grain at a time, until the hill is hollow.",
    "The orchestra refused to play without a contract, and the opening night was moved to the "
    "autumn.",
    "What is written on the stone can still be read when the sun stands low.",
};

}  // namespace

const std::vector<Workload>& bench_workloads() {
  static const std::vector<Workload> workloads = {
      {"1x16", std::vector<std::size_t>(1, 16)},   {"1x128", std::vector<std::size_t>(1, 128)},
      {"32x32", std::vector<std::size_t>(32, 32)}, {"32x128", std::vector<std::size_t>(32, 128)},
      {"8x512", std::vector<std::size_t>(8, 512)}, {"mix", {kMix.begin(), kMix.end()}},
  };
  return workloads;
}

std::vector<TokenId> bench_text(const Tokenizer& tokenizer, std::size_t number,
                                std::size_t length) {
  constexpr std::size_t kMostBytesOfAToken = 1 << 12;
  std::string text;
  std::size_t sentence = number;
  Encoding encoding;
  // English has four to five bytes a token; other vocabularies may need more of it.
  for (std::size_t bytes = 8 * length; bytes <= kMostBytesOfAToken * length; bytes *= 2) {
    while (text.size() < bytes) text.append(kSentences[sentence++ % kSentences.size()]) += ' ';
    tokenizer.encode_into(text, {.max_tokens = length}, encoding);
    if (encoding.ids.size() == length) return std::move(encoding.ids);
  }
  throw Error(ErrorCode::kUnsupported,
              concat("bench: expected ", length, " tokens of ", text.size(),
                     " bytes of English, the model's tokenizer made ", encoding.ids.size()));
}

}  // namespace sememe::cli
