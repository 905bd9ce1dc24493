using System.Reflection;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using MizarLab.Benchmarks;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;

// dotnet run -c Release --project tests/Benchmarks -- --filter '*'; docs/benchmarks.md says what each figure means.
// Exit code: 0 everything asked for was measured, 1 something failed, 4 nothing was.
Availability bpf = BpfObjects.Probe();
if (!bpf.Available)
{
    Console.Error.WriteLine($"skipped: every benchmark of category {Categories.Bpf}: {bpf.Reason}");
}
Type[] benchmarks =
[
    .. Assembly.GetExecutingAssembly().GetTypes()
        .Where(type => type.GetMethods().Any(method => method.GetCustomAttribute<BenchmarkAttribute>() is not null))
        .Where(type => bpf.Available || type.GetCustomAttribute<BenchmarkCategoryAttribute>()?.Categories.Contains(Categories.Bpf) != true)
        .OrderBy(type => type.Name, StringComparer.Ordinal),
];
Summary[] summaries = [.. BenchmarkSwitcher.FromTypes(benchmarks).Run(args, new LabConfig())];
if (args.Any(argument => argument is "--list" or "--help" or "--version" or "--info"))
{
    return 0;
}
if (summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success)))
{
    return 1;
}
return summaries.Sum(summary => summary.Reports.Length) > 0 ? 0 : 4;
