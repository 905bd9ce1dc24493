using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MizarLab.Harness.Backends;
using MizarLab.Observation;

namespace MizarLab.Harness.Results;

/// <summary><c>manifest.json</c>: the manifest in snake_case, written and read by generated code.</summary>
public static class ManifestFile
{
    public const string Name = "manifest.json";

    public static void Write(Manifest manifest, Stream output)
    {
        // Arguments and probes may hold any text; the file is never part of an HTML page.
        using (Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonSerializer.Serialize(json, manifest, ManifestJson.Default.Manifest);
        }
        output.WriteByte((byte)'\n');
    }

    /// <exception cref="HarnessException">It is not a manifest.</exception>
    public static Manifest Read(Stream input)
    {
        try
        {
            return JsonSerializer.Deserialize(input, ManifestJson.Default.Manifest) ?? throw new HarnessException("the manifest is empty");
        }
        catch (JsonException broken)
        {
            throw new HarnessException($"not a manifest: {broken.Message}", broken);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
