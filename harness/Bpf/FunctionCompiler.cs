using System.Collections.Immutable;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Namespaces;
using MizarLab.Overlay;

namespace MizarLab.Harness.Bpf;

/// <summary>
/// Compiles the functions a scenario names, by the flags of bpf/build.sh, into the run's folder. <c>NAME.bpf.c</c> is looked for beside the
/// scenario's file, in a folder <c>functions</c> there, in one beside the folder it is in, and then in the repository's scenarios/functions.
/// </summary>
public static class FunctionCompiler
{
    private const string Folder = "functions";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <returns>One for each function and droplet.</returns>
    /// <exception cref="HarnessException">A file is missing, or the compiler refused it; the message has what it said.</exception>
    public static async Task<ImmutableArray<FunctionObject>> CompileAsync(Scenario scenario, string folder, CancellationToken cancel)
    {
        ImmutableArray<FunctionObject>.Builder objects = ImmutableArray.CreateBuilder<FunctionObject>();
        foreach (UserFunction function in scenario.Topology.Functions)
        {
            string file = Path.GetFullPath(Path.Combine(folder, $"{function.Name}.bpf.o"));
            await CompileAsync(Find(scenario, function.Name), file, cancel).ConfigureAwait(false);
            objects.AddRange(function.On.Select(droplet => new FunctionObject(file, function.Name.Replace('-', '_'), droplet, function.Slot)));
        }
        return objects.ToImmutable();
    }

    private static string Find(Scenario scenario, string name)
    {
        string beside = Path.GetDirectoryName(Path.GetFullPath(scenario.File)) ?? "";
        string[] places =
        [
            Path.Combine(beside, $"{name}.bpf.c"),
            Path.Combine(beside, Folder, $"{name}.bpf.c"),
            Path.Combine(beside, "..", Folder, $"{name}.bpf.c"),
            Path.Combine(BpfObjects.Repository, "scenarios", Folder, $"{name}.bpf.c"),
        ];
        return Array.Find(places, File.Exists) is { } found
            ? Path.GetFullPath(found)
            : throw new HarnessException($"function '{name}': there is no {name}.bpf.c in {string.Join(", ", places.Select(p => Path.GetFullPath(Path.GetDirectoryName(p)!)).Distinct())}");
    }

    private static async Task CompileAsync(string source, string file, CancellationToken cancel)
    {
        string script = Path.Combine(BpfObjects.Repository, "bpf", "build.sh");
        Command.Answer answer = await Command.RunAsync("sh", [script, "--function", source, file], null, Limit, cancel).ConfigureAwait(false);
        if (answer.ExitCode != 0)
        {
            throw new HarnessException($"{source} does not compile:\n{answer.Errors.Trim()}");
        }
    }
}
