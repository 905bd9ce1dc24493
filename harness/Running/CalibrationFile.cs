using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Fabric;
using MizarLab.Harness.Backends;

namespace MizarLab.Harness.Running;

/// <summary>
/// A calibration as a JSON file: nanoseconds of each program by the way a frame went, which its reason names; <c>other</c> is every way that is not named.
/// </summary>
/// <example><code>{ "agent": { "other": 119, "direct_path": 101 }, "transit": { "other": 108, "to_host": 117.5, "delivered": 249 } }</code></example>
public static class CalibrationFile
{
    private const string Other = "other";
    private const decimal MostNanoseconds = 1_000_000_000;

    /// <param name="name">What errors call it.</param>
    /// <param name="text">The file's.</param>
    /// <exception cref="HarnessException">Something in it is not as it should be; the message says what.</exception>
    public static Calibration Parse(string name, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Read(name, document.RootElement);
        }
        catch (JsonException failure)
        {
            throw new HarnessException($"calibration {name}:{failure.LineNumber + 1}: {failure.Message}", failure);
        }
    }

    private static Calibration Read(string name, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new HarnessException($"calibration {name}: expected an object with agent and transit");
        }
        Calibration made = Calibration.Zero;
        foreach (JsonProperty program in root.EnumerateObject())
        {
            ProgramId id = program.Name switch
            {
                "agent" => ProgramId.Agent,
                "transit" => ProgramId.Transit,
                _ => throw new HarnessException($"calibration {name}: '{program.Name}' is no program; there are agent and transit"),
            };
            if (program.Value.ValueKind != JsonValueKind.Object)
            {
                throw new HarnessException($"calibration {name}: {program.Name} is an object of ways and nanoseconds");
            }
            // What is named wins over what is not, wherever it stands.
            foreach (JsonProperty way in program.Value.EnumerateObject().OrderBy(way => way.Name != Other))
            {
                SimTime time = TimeOf(name, program.Name, way);
                made = way.Name == Other ? made.WithAll(id, time) : made.With(id, ReasonOf(name, way.Name), time);
            }
        }
        return made;
    }

    private static SimTime TimeOf(string name, string program, JsonProperty way)
    {
        if (way.Value.ValueKind != JsonValueKind.Number || !way.Value.TryGetDecimal(out decimal nanoseconds) || nanoseconds is < 0 or > MostNanoseconds)
        {
            throw new HarnessException($"calibration {name}: {program}.{way.Name} is {way.Value.GetRawText()}; expected nanoseconds, from 0 to {MostNanoseconds}");
        }
        return new SimTime((long)(nanoseconds * 1_000));
    }

    private static Reason ReasonOf(string name, string word)
    {
        foreach (Reason reason in Enum.GetValues<Reason>())
        {
            if (TableText.Word(reason) == word)
            {
                return reason;
            }
        }
        throw new HarnessException($"calibration {name}: '{word}' is no way through a program; ways are reasons ({string.Join(", ", Enum.GetValues<Reason>().Take(8).Select(r => TableText.Word(r)))}, …), and other");
    }
}
