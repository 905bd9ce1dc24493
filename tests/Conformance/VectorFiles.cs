using MizarLab.Harness.Conformance;

namespace MizarLab.Tests.Conformance;

/// <summary>The golden vectors of this checkout.</summary>
internal static class VectorFiles
{
    public const string Single = "upstream.json";
    public const string Chains = "upstream-chains.json";
    public const string Random = "upstream-random.json.gz";
    public const string RandomChains = "upstream-random-chains.json.gz";

    public static string PathOf(string file) => Path.Combine(Repository.Root, "tests", "Conformance", "Vectors", file);

    public static VectorSuite Load(string file) => VectorSuite.Load(PathOf(file));
}
