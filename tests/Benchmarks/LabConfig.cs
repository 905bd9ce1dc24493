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
/// How everything here is measured: in this process, memory beside time, and many short iterations rather than few long ones, so that on a
/// machine others use too the least disturbed of them (the column Min) says something. Arguments change it: <c>--iterationCount 50</c>.
/// </summary>
internal sealed class LabConfig : ManualConfig
{
    public LabConfig()
    {
        // In this process: a child for each case would be compiled first, which takes longer than it runs.
        AddJob(Job.ShortRun
            .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: true))
            .WithWarmupCount(5)
            .WithIterationCount(12)
            .WithIterationTime(TimeInterval.FromMilliseconds(50))
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
