using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Results;
using MizarLab.Harness.Results.Comparing;
using MizarLab.Scenarios.Inputs;

namespace MizarLab.Harness.Inputs;

/// <summary>One line of a run's <c>inputs.json</c>.</summary>
/// <param name="File">Who named it, as the run's folder has that file: <c>scenarios/replay.yaml</c>.</param>
/// <param name="Name">As it was named.</param>
/// <param name="Sha256">Of its bytes; the copy is <c>inputs/</c> and this.</param>
/// <param name="Bytes">How many.</param>
public sealed record KeptInput(string File, string Name, string Sha256, long Bytes);

/// <summary>
/// The files that what a run ran has named: a copy each in <c>inputs/</c>, called by its digest, and the list of who named which in <c>inputs.json</c>. So a run can be made again when the originals
/// are gone or others.
/// </summary>
public static class KeptInputs
{
    public const string List = "inputs.json";

    private const string Folder = "inputs";

    /// <summary>Copies what was read into a run's folder, before it runs.</summary>
    /// <param name="named">By who named it.</param>
    /// <exception cref="HarnessException">A file is no longer what was read, or cannot be copied.</exception>
    public static void Keep(RunFolder folder, IEnumerable<(string File, InputFile Input)> named)
    {
        (string File, InputFile Input)[] all = [.. named];
        if (all.Length == 0)
        {
            return;
        }
        foreach (InputFile input in all.Select(one => one.Input).DistinctBy(input => input.Sha256))
        {
            folder.Write(PathOf(input.Sha256), output => Copy(input, output));
        }
        KeptInput[] list = [.. all.Select(one => new KeptInput(one.File, one.Input.Name, one.Input.Sha256, one.Input.Bytes))];
        folder.Write(List, output =>
        {
            using Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true });
            JsonSerializer.Serialize(json, list, KeptInputsJson.Default.KeptInputArray);
        });
    }

    /// <summary>What a run keeps; nothing of one that named no files.</summary>
    /// <exception cref="HarnessException">The list is damaged.</exception>
    public static ImmutableArray<KeptInput> In(string run)
    {
        string list = Path.Combine(run, List);
        try
        {
            return File.Exists(list) && JsonSerializer.Deserialize(File.ReadAllBytes(list), KeptInputsJson.Default.KeptInputArray) is { } all
                ? All(all, list)
                : [];
        }
        catch (Exception damage) when (damage is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"{list}: {damage.Message}", damage);
        }
    }

    /// <summary>The files one of its files named, as a run keeps them; a copy that has changed is refused when it is read.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="file">Who named them, as the run's folder has that file.</param>
    /// <exception cref="HarnessException">The list is damaged.</exception>
    public static InputFiles Of(string run, string file)
    {
        ImmutableArray<KeptInput> all = [.. In(run).Where(input => input.File == file)];
        return new InputFiles(name => all.FirstOrDefault(input => input.Name == name) is { } kept
            ? (Path.Combine(run, PathOf(kept.Sha256)), kept.Sha256)
            : throw new InputException("the run keeps no such file"));
    }

    /// <summary>For a manifest: by who named what, its digest and length.</summary>
    public static ImmutableSortedDictionary<string, string> Facts(string run) =>
        In(run).ToImmutableSortedDictionary(input => $"{input.File}: {input.Name}", input => $"{input.Sha256}, {input.Bytes} bytes", StringComparer.Ordinal);

    /// <summary>For the comparison of two runs: a word each.</summary>
    internal static IEnumerable<Measured> Measures(string run) => In(run).Select(input => Measured.OfWord(input.File, $"file {input.Name}", input.Sha256));

    private static string PathOf(string sha256) => Path.Combine(Folder, sha256);

    /// <summary>A list that was written by hand must not lead out of the folder.</summary>
    private static ImmutableArray<KeptInput> All(KeptInput[] all, string list) => all.All(input => input is { File: not null, Name: not null, Sha256.Length: 64 } && input.Sha256.All(char.IsAsciiHexDigitLower))
        ? [.. all]
        : throw new HarnessException($"{list}: not a list of files with their digests");

    private static void Copy(InputFile input, Stream output)
    {
        using IncrementalHash sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        try
        {
            using FileStream from = new(input.Path, FileMode.Open, FileAccess.Read, FileShare.Read);
            int read;
            while ((read = from.Read(buffer)) > 0)
            {
                sum.AppendData(buffer, 0, read);
                output.Write(buffer, 0, read);
            }
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"{input.Path}: {trouble.Message}", trouble);
        }
        if (Convert.ToHexStringLower(sum.GetHashAndReset()) != input.Sha256)
        {
            throw new HarnessException($"{input.Path} has changed since it was read: run again");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KeptInput[]))]
internal sealed partial class KeptInputsJson : JsonSerializerContext;
