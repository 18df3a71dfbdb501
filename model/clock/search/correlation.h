// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/clock/search/fft.h"

namespace exitscope {

// Short windows against a long signal, at every place of theirs: the signal is transformed in blocks of a few windows'
// length, once for all windows, which is many times faster than one transform as long as the signal.
class BlockCorrelation {
public:
    // A window lies at every place at which it touches the signal: from -window on to the signal's length.
    BlockCorrelation(std::size_t signal, std::size_t window);

    std::size_t places() const { return m_signal + m_window; } // the first is -window
    std::size_t blocks() const { return (places() + placesOfBlock() - 1) / placesOfBlock(); }

    // Of each block one half of its spectrum: the other one mirrors it.
    using Spectrum = std::vector<Fft::Complex>;
    Spectrum ofSignal(const std::vector<float> &values) const;
    // Two windows, a real and an imaginary one; has as many values as a transform when it comes and goes.
    void transformWindows(Spectrum &windows) const;
    std::size_t size() const { return m_fft.size(); }

    // To `sum`, of size() values, that of a block against two windows.
    void add(std::size_t block, const Spectrum &signal, const Spectrum &windows, Spectrum &sum) const;
    // From the sum to the scores of both windows in that block, from its first place on: up to placesOfBlock() of them.
    void finish(Spectrum &sum) const;
    std::size_t placesOfBlock() const { return m_placesOfBlock; }

private:
    std::size_t half() const { return m_fft.size() / 2 + 1; }

    std::size_t m_signal;
    std::size_t m_window;
    Fft m_fft;
    std::size_t m_placesOfBlock;
};

} // namespace exitscope
