// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/correlation.h"

#include <algorithm>
#include <cmath>

namespace exitscope {

namespace {

constexpr double kTransforms = 2; // of windows, for each one of the signal's blocks

// In one block that holds all the places are a ring: what comes around is the nothing before the signal.
std::size_t placesIn(std::size_t size, std::size_t places, std::size_t window)
{
    return size >= places ? size : size - window + 1;
}

// The least work: long blocks overlap less, but what is beyond the last place is in vain.
std::size_t sizeOfBlock(std::size_t places, std::size_t window)
{
    std::size_t best = 0;
    double least = 0;
    for (std::size_t size = powerOfTwoFrom(std::max<std::size_t>(4, window + 1));; size *= 2) {
        const std::size_t own = placesIn(size, places, window);
        const std::size_t blocks = (places + own - 1) / own;
        const double work = (double(blocks) + kTransforms) * double(size) * std::log2(double(size));
        if (best == 0 || work < least) {
            best = size;
            least = work;
        }
        if (size >= places)
            return best;
    }
}

} // namespace

BlockCorrelation::BlockCorrelation(std::size_t signal, std::size_t window)
    : m_signal(signal), m_window(window), m_fft(sizeOfBlock(signal + window, window)),
      m_placesOfBlock(placesIn(m_fft.size(), signal + window, window))
{
}

// Two blocks at a time: one is real, the other imaginary.
BlockCorrelation::Spectrum BlockCorrelation::ofSignal(const std::vector<float> &values) const
{
    const std::size_t size = m_fft.size();
    Spectrum all(blocks() * half());
    Spectrum two(size);
    const auto at = [&](std::size_t block, std::size_t i) {
        const std::size_t place = block * placesOfBlock() + i; // of the signal with a window's length of nothing before
        return place < m_window || place - m_window >= values.size() ? 0 : values[place - m_window];
    };
    for (std::size_t block = 0; block < blocks(); block += 2) {
        for (std::size_t i = 0; i < size; ++i)
            two[i] = {at(block, i), at(block + 1, i)};
        m_fft.forward(two);
        for (std::size_t k = 0; k < half(); ++k) {
            const Fft::Complex plus = two[k];
            const Fft::Complex minus = std::conj(two[(size - k) & (size - 1)]);
            const Fft::Complex difference = (plus - minus) * 0.5F;
            all[block * half() + k] = (plus + minus) * 0.5F;
            if (block + 1 < blocks())
                all[(block + 1) * half() + k] = {difference.imag(), -difference.real()};
        }
    }
    return all;
}

void BlockCorrelation::transformWindows(Spectrum &windows) const
{
    m_fft.forward(windows);
    std::reverse(windows.begin() + 1, windows.end()); // a correlation takes them backwards
}

void BlockCorrelation::add(std::size_t block, const Spectrum &signal, const Spectrum &windows, Spectrum &sum) const
{
    const std::size_t size = m_fft.size();
    const Fft::Complex *const own = &signal[block * half()];
    const auto addProduct = [](Fft::Complex &to, Fft::Complex a, Fft::Complex b) {
        to += Fft::Complex{a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
    };
    for (std::size_t k = 0; k <= size / 2; ++k)
        addProduct(sum[k], own[k], windows[k]);
    for (std::size_t k = size / 2 + 1; k < size; ++k)
        addProduct(sum[k], std::conj(own[size - k]), windows[k]);
}

void BlockCorrelation::finish(Spectrum &sum) const
{
    m_fft.inverse(sum);
    const float scale = 1 / float(m_fft.size());
    for (Fft::Complex &value : sum)
        value *= scale;
}

} // namespace exitscope
