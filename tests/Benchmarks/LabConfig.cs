using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using MizarLab.Tests;
using Perfolizer.Horology;

namespace MizarLab.Benchmarks;

/// <summary>Names by which <c>--anyCategories</c> picks benchmarks.</summary>
internal static class Categories
{
    public const string Model = "model";

    /// <summary>Needs root and the compiled XDP programs.</summary>
    public const string Bpf = "bpf";
    public const string Packets = "packets";
    public const string Engine = "engine";
    public const string Run = "run";
}

/// <summary>
/// How everything here is measured: in this process, three short iterations after three of warm-up, memory beside time. Arguments change
/// it: <c>--iterationCount 15 --iterationTime 500</c> for figures to publish.
/// </summary>
internal sealed class LabConfig : ManualConfig
{
    public LabConfig()
    {
        // In this process: a child for each case would be compiled first, which takes longer than it runs.
        AddJob(Job.ShortRun
            .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: true))
            .WithIterationTime(TimeInterval.FromMilliseconds(200))
            .WithId("in-process")
            .AsDefault());
        AddLogger(ConsoleLogger.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddColumn(StatisticColumn.Min, StatisticColumn.OperationsPerSecond);
        HideColumns(Column.Error, Column.Median, Column.StdDev, Column.Job, Column.RatioSD, Column.Gen0, Column.Gen1, Column.Gen2, Column.AllocRatio, Column.Categories);
        AddDiagnoser(MemoryDiagnoser.Default);
        AddExporter(MarkdownExporter.GitHub);
        WithArtifactsPath(Path.Combine(Repository.Root, ".build", "benchmarks"));
        WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(60));
        WithOptions(ConfigOptions.DisableLogFile);
    }
}
