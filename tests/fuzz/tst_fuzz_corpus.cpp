// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <algorithm>
#include <random>
#include <string>

#include "tests/fuzz/input.h"

using namespace exitscope::fuzz;

namespace {

constexpr int kMutants = 150; // of each kept input
constexpr qint64 kLongestMs = 5000; // that one of them may take, with sanitizers

QDir corpus(const char *target)
{
    return {QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/fuzz/corpus/") + QString::fromLatin1(target)};
}

std::string contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(path));
    return file.readAll().toStdString();
}

void addRows(const char *target)
{
    QTest::addColumn<QString>("path");
    const QDir dir = corpus(target);
    for (const QString &name : dir.entryList(QDir::Files))
        QTest::newRow(qPrintable(name)) << dir.filePath(name);
}

// Small damage to bytes, as it occurs and as it does harm.
class Mutator {
public:
    explicit Mutator(unsigned seed) : m_random(seed) { }

    std::string mutant(std::string bytes)
    {
        for (std::size_t changes = 1 + below(4); changes > 0; --changes)
            change(bytes);
        return bytes;
    }

private:
    std::size_t below(std::size_t limit) { return limit == 0 ? 0 : m_random() % limit; }

    void change(std::string &bytes)
    {
        static constexpr char kOdd[] = {'\0', '\1', '\x7f', '\x80', '\xff', '{', '}', ';', '"', '9'};
        const std::size_t at = below(bytes.size());
        const std::size_t length = std::min(below(16), bytes.size() - at);
        switch (below(7)) {
        case 0:
            if (!bytes.empty())
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
            break;
        case 1:
            if (!bytes.empty())
                bytes[at] = kOdd[below(std::size(kOdd))];
            break;
        case 2:
            bytes.erase(at, length);
            break;
        case 3:
            bytes.insert(at, bytes.substr(below(bytes.size()), below(64)));
            break;
        case 4:
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), length, kOdd[below(std::size(kOdd))]);
            break;
        case 5:
            bytes.replace(at, length, bytes.substr(below(bytes.size()), length));
            break;
        default:
            if (below(4) == 0)
                bytes.resize(at);
        }
    }

    std::mt19937 m_random;
};

// Nothing but a refusal may come of them: the targets end the program else. Run it under gdb to see the input.
template <typename Read>
void readMutants(const std::string &kept, Read read)
{
    QElapsedTimer timer;
    for (unsigned seed = 0; seed < kMutants; ++seed) {
        const std::string bytes = Mutator(seed).mutant(kept);
        timer.start();
        read(bytesOf(bytes));
        QVERIFY2(timer.elapsed() < kLongestMs, qPrintable(QStringLiteral("seed %1").arg(seed)));
    }
}

} // namespace

// The targets of tests/fuzz without libFuzzer: the kept inputs, and some thousand that differ a little.
class TestFuzzCorpus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void metadata_data() { addRows("metadata"); }
    void metadata();
    void packets_data() { addRows("packets"); }
    void packets();
    void knownMetadata_data();
    void knownMetadata();
};

void TestFuzzCorpus::metadata()
{
    QFETCH(QString, path);
    const std::string kept = contentOf(path);
    readMetadata(bytesOf(kept));
    readMutants(kept, readMetadata);
}

void TestFuzzCorpus::packets()
{
    QFETCH(QString, path);
    const std::string kept = contentOf(path);
    readPackets(bytesOf(kept));
    readMutants(kept, readPackets);
}

void TestFuzzCorpus::knownMetadata_data()
{
    QTest::addColumn<int>("place");
    for (int place = 0; place < kOwnMetadata; ++place)
        QTest::newRow(metadataNames()[static_cast<std::size_t>(place)]) << place;
}

// Targets that only refuse would find nothing: of what is whole all is read, in one file and in two, with metadata that
// is known and with the same as part of the input.
void TestFuzzCorpus::knownMetadata()
{
    QFETCH(int, place);
    const char *name = metadataNames()[static_cast<std::size_t>(place)];
    const std::string text
        = contentOf(QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/fuzz/metadata/") + QString::fromLatin1(name));
    QCOMPARE(readMetadata(bytesOf(text)), std::size_t(1));
    const std::string whole = contentOf(corpus("packets").filePath(QString::fromLatin1(name)));
    QCOMPARE(int(whole[0]), place);
    QVERIFY(readPackets(bytesOf(whole)) >= 10);
    const auto length = [](std::size_t bytes) {
        return std::string{static_cast<char>(bytes & 0xff), static_cast<char>(bytes >> 8)};
    };
    const std::string stream = whole.substr(1);
    const std::string own = static_cast<char>(kOwnMetadata) + length(text.size()) + text + stream;
    QCOMPARE(readPackets(bytesOf(own)), readPackets(bytesOf(whole)));
    const std::string magic = whole.substr(1, 4);
    const std::size_t second = stream.rfind(magic);
    QVERIFY(second > 0);
    const std::string two = static_cast<char>(place + 6 * 22) + length(second) + stream;
    QCOMPARE(readPackets(bytesOf(two)), readPackets(bytesOf(whole)));
    QCOMPARE(readPackets(bytesOf(whole.substr(0, whole.size() - 1))), std::uint64_t(0));
}

QTEST_GUILESS_MAIN(TestFuzzCorpus)
#include "tst_fuzz_corpus.moc"
