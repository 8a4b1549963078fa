#ifndef SEMEME_EXPORT_H_
#define SEMEME_EXPORT_H_

/// Marks what leaves the library. Error needs it too: a type thrown across the border of a shared
/// library is only caught there when its type information is visible.
#define SEMEME_API [[gnu::visibility("default")]]

#endif  // SEMEME_EXPORT_H_
