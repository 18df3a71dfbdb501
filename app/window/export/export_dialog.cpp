// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

#include "app/window/storage/whole_file.h"
#include "views/picture_caption.h"

namespace exitscope {

namespace {

constexpr QSize kLeastPreview{420, 220};
constexpr int kCalmMs = 150;
constexpr int kProgressSteps = 1000;
constexpr int kMostPreviewed = 2400; // px
constexpr int kScales[]{1, 2, 3, 4};
enum ThemeOfPicture { AsShown, Light, Dark };

QSpinBox *newSide(const QString &name)
{
    auto *side = new QSpinBox;
    side->setRange(PictureOptions::kLeastSide, PictureOptions::kMostSide);
    side->setSuffix(QStringLiteral(" px"));
    side->setAccessibleName(name);
    return side;
}

QComboBox *newChoice(const QString &name, const QStringList &texts)
{
    auto *choice = new QComboBox;
    choice->addItems(texts);
    choice->setAccessibleName(name);
    return choice;
}

} // namespace

ExportDialog::ExportDialog(PictureSource source, ChartKind chart, const QString &directory, QWidget *parent)
    : QDialog(parent), m_source(std::move(source)), m_directory(directory)
{
    setWindowTitle(QStringLiteral("Export image"));
    build();
    m_calm.setSingleShot(true);
    m_calm.setInterval(kCalmMs);
    connect(&m_calm, &QTimer::timeout, this, &ExportDialog::preview);
    m_chart->setCurrentIndex(int(chart));
    chooseChart();
    const auto changed = [this] { refresh(); };
    connect(m_chart, &QComboBox::currentIndexChanged, this, &ExportDialog::chooseChart);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::followFormat);
    connect(m_theme, &QComboBox::currentIndexChanged, this, changed);
    connect(m_scale, &QComboBox::currentIndexChanged, this, changed);
    connect(m_caption, &QCheckBox::toggled, this, changed);
    connect(m_width, &QSpinBox::valueChanged, this, changed);
    connect(m_height, &QSpinBox::valueChanged, this, changed);
    connect(m_path, &QLineEdit::textEdited, this, [this] {
        m_isOwnName = true;
        followPath();
    });
    connect(m_write, &QPushButton::clicked, this, &ExportDialog::write);
    connect(&m_previewing, &PictureWork::painted, this, &ExportDialog::showPreview);
    connect(&m_previewing, &PictureWork::written, this, [this](const QString &error) { say(error); });
    connect(&m_writing, &PictureWork::written, this, &ExportDialog::finish);
    connect(&m_writing, &PictureWork::progressed, this,
        [this](double share) { m_progress->setValue(int(share * kProgressSteps)); });
    m_path->setFocus();
}

void ExportDialog::build()
{
    QStringList charts;
    for (const QString &name : chartNames())
        charts << chartTitle(*chartOfName(name));
    m_chart = newChoice(QStringLiteral("Chart to export"), charts);
    m_format = newChoice(QStringLiteral("File format"),
        {QStringLiteral("PNG, pixels"), QStringLiteral("SVG, vectors"), QStringLiteral("PDF, vectors")});
    m_theme = newChoice(QStringLiteral("Theme of the picture"),
        {QStringLiteral("As in the window"), QStringLiteral("Light"), QStringLiteral("Dark")});
    m_scale = newChoice(QStringLiteral("Scale of the pixels"), {});
    for (const int scale : kScales)
        m_scale->addItem(QStringLiteral("%1×").arg(scale), scale);
    m_scale->setToolTip(QStringLiteral("Pixels of a PNG for each of the size; vectors have none"));
    m_width = newSide(QStringLiteral("Width"));
    m_height = newSide(QStringLiteral("Height"));
    m_caption = new QCheckBox(QStringLiteral("Ca&ption below the chart"));
    m_caption->setToolTip(QStringLiteral("The name of the recording, the range and the filters"));
    m_caption->setChecked(true);
    m_path = new QLineEdit;
    m_path->setAccessibleName(QStringLiteral("File to write"));
    auto *browse = new QPushButton(QStringLiteral("&Browse…"));
    browse->setAutoDefault(false); // Enter exports
    connect(browse, &QPushButton::clicked, this, &ExportDialog::browse);
    m_preview = new QLabel;
    m_preview->setAccessibleName(QStringLiteral("Preview of the picture"));
    m_preview->setMinimumSize(kLeastPreview);
    m_preview->setAlignment(Qt::AlignCenter);
    m_problem = new QLabel;
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setAccessibleName(QStringLiteral("What is wrong"));
    m_progress = new QProgressBar;
    m_progress->setRange(0, kProgressSteps);
    m_progress->setAccessibleName(QStringLiteral("How much of the picture is drawn"));
    m_progress->hide();

    auto *size = new QHBoxLayout;
    size->addWidget(m_width);
    size->addWidget(new QLabel(QStringLiteral("×")));
    size->addWidget(m_height);
    size->addStretch();
    auto *file = new QHBoxLayout;
    file->addWidget(m_path, 1);
    file->addWidget(browse);
    auto *form = new QFormLayout;
    form->addRow(QStringLiteral("&Chart:"), m_chart);
    form->addRow(QStringLiteral("&Format:"), m_format);
    form->addRow(QStringLiteral("Size:"), size);
    form->addRow(QStringLiteral("S&cale:"), m_scale);
    form->addRow(QStringLiteral("&Theme:"), m_theme);
    form->addRow(QString(), m_caption);
    auto *fileLabel = new QLabel(QStringLiteral("F&ile:"));
    fileLabel->setBuddy(m_path);
    form->addRow(fileLabel, file);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    m_write = buttons->addButton(QStringLiteral("&Export"), QDialogButtonBox::AcceptRole);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_preview, 1);
    layout->addLayout(form);
    layout->addWidget(m_problem);
    layout->addWidget(m_progress);
    layout->addWidget(buttons);
    m_close = buttons->button(QDialogButtonBox::Close);
    m_close->setAutoDefault(false);
    m_write->setDefault(true); // now that it is in the dialog: before, it would be one of two
}

ChartKind ExportDialog::chart() const
{
    return ChartKind(m_chart->currentIndex());
}

PictureFormat ExportDialog::format() const
{
    return PictureFormat(m_format->currentIndex());
}

ChartInput ExportDialog::input() const
{
    ChartInput input = m_source.input();
    if (m_theme->currentIndex() != AsShown)
        input.theme = m_theme->currentIndex() == Dark ? Theme::dark() : Theme::light();
    return input;
}

PictureOptions ExportDialog::options() const
{
    PictureOptions options = m_source.options(chart());
    options.size = {m_width->value(), m_height->value()};
    if (m_caption->isChecked())
        options.caption = pictureCaption(input(), chart(), m_source.recording);
    options.scale = format() == PictureFormat::Png ? m_scale->currentData().toInt() : 1;
    return options;
}

QString ExportDialog::path() const
{
    return m_path->text();
}

void ExportDialog::setPath(const QString &path)
{
    m_path->setText(path);
    m_isOwnName = true;
    followPath();
}

void ExportDialog::setPictureSize(QSize size)
{
    m_width->setValue(size.width());
    m_height->setValue(size.height());
}

QString ExportDialog::problem() const
{
    return m_problem->text();
}

void ExportDialog::chooseChart()
{
    const QSize shown = m_source.options(chart()).size;
    {
        const QSignalBlocker width(m_width);
        const QSignalBlocker height(m_height);
        setPictureSize(shown);
    }
    followFormat();
}

// The file's name follows the chart and the format, unless the user gave one: that keeps its name.
void ExportDialog::followFormat()
{
    m_scale->setEnabled(format() == PictureFormat::Png);
    const QString suffix = pictureSuffix(format());
    if (!m_isOwnName) {
        QString name = m_source.recording;
        name.replace(QLatin1Char('/'), QLatin1Char('-')).replace(QLatin1Char('\\'), QLatin1Char('-'));
        m_path->setText(QDir(m_directory).filePath(QStringLiteral("%1-%2.%3").arg(name, chartName(chart()), suffix)));
    } else if (pictureFormatOf(m_path->text()) != format()) {
        const QFileInfo info(m_path->text());
        m_path->setText(info.path() == QLatin1String(".")
                ? QString(info.completeBaseName() % QLatin1Char('.') % suffix)
                : QDir(info.path()).filePath(QString(info.completeBaseName() % QLatin1Char('.') % suffix)));
    }
    refresh();
}

// A suffix that was typed chooses the format.
void ExportDialog::followPath()
{
    if (const std::optional<PictureFormat> typed = pictureFormatOf(m_path->text())) {
        const QSignalBlocker quiet(m_format);
        m_format->setCurrentIndex(int(*typed));
        m_scale->setEnabled(format() == PictureFormat::Png);
    }
    refresh();
}

void ExportDialog::setRecordingName(const QString &name)
{
    m_source.recording = name;
    followFormat();
}

void ExportDialog::setReady(bool ready)
{
    m_isReady = ready;
    refresh();
}

void ExportDialog::refresh()
{
    const std::optional<QString> wrong = pictureProblem(options(), format());
    say(wrong.value_or(QString()));
    m_write->setEnabled(m_isReady && !m_writing.isBusy() && !wrong && !m_path->text().isEmpty());
    m_calm.start();
}

// Of a huge picture the preview is laid out for less: it is to be looked at, not to be measured.
void ExportDialog::preview()
{
    PictureOptions drawn = options();
    if (!m_isReady || !isVisible() || pictureProblem(drawn, format()))
        return;
    if (const int longer = std::max(drawn.size.width(), drawn.size.height()); longer > kMostPreviewed)
        drawn.size = (drawn.size * (double(kMostPreviewed) / longer))
                         .expandedTo({PictureOptions::kLeastSide, PictureOptions::kLeastSide});
    drawn.scale = 1;
    m_previewing.paint(input(), drawn);
}

void ExportDialog::showPreview(const QImage &image)
{
    const double ratio = devicePixelRatioF();
    QImage scaled = image.scaled(m_preview->size() * ratio, Qt::KeepAspectRatio, Qt::SmoothTransformation);
    scaled.setDevicePixelRatio(ratio);
    m_preview->setPixmap(QPixmap::fromImage(scaled));
    Q_EMIT previewed();
}

void ExportDialog::resizeEvent(QResizeEvent *event)
{
    QDialog::resizeEvent(event);
    m_calm.start();
}

void ExportDialog::say(const QString &problem, bool asksToOverwrite)
{
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_asksToOverwrite = asksToOverwrite;
    m_write->setText(asksToOverwrite ? QStringLiteral("&Overwrite") : QStringLiteral("&Export"));
}

void ExportDialog::browse()
{
    const QString chosen = QFileDialog::getSaveFileName(this, QStringLiteral("Export image"), m_path->text(),
        QStringLiteral("Pictures (*.png *.svg *.pdf)"), nullptr, QFileDialog::DontConfirmOverwrite);
    if (!chosen.isEmpty())
        setPath(chosen);
}

void ExportDialog::write()
{
    const PictureFile file{m_path->text(), format(), m_source.recording};
    if (!pictureFormatOf(file.path))
        return say(QStringLiteral("%1: the name ends with none of .png, .svg, .pdf").arg(file.path));
    if (!m_asksToOverwrite && isTaken(file.path))
        return say(QStringLiteral("%1: there is a file of that name").arg(file.path), true);
    const bool overwrites = m_asksToOverwrite;
    say({});
    m_file = file;
    m_overwrites = overwrites;
    m_writing.write(input(), options(), file, overwrites);
    followWriting();
}

void ExportDialog::finish(const QString &error)
{
    refresh();
    followWriting();
    if (!error.isEmpty())
        return say(error, !m_writing.wasCancelled() && !m_overwrites && isTaken(m_file.path)); // it came meanwhile
    Q_EMIT written(m_file.path);
    accept();
}

void ExportDialog::followWriting()
{
    const bool isWriting = m_writing.isBusy();
    if (isWriting)
        m_write->setEnabled(false);
    m_progress->setVisible(isWriting);
    m_progress->setValue(0);
    m_close->setText(isWriting ? QStringLiteral("C&ancel") : QStringLiteral("C&lose"));
}

void ExportDialog::reject()
{
    if (m_writing.isBusy())
        m_writing.cancel();
    else
        QDialog::reject();
}

} // namespace exitscope
