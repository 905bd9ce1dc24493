using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Harness.Conformance.Rows;

namespace MizarLab.Harness.Conformance.Fuzzing;

/// <summary>Writes a case with the model's account of it as a file that <c>mizarlab vectors</c> replays: a vector, or a world of runs when it takes several.</summary>
internal static class CaseWriter
{
    public static void Write(Stream stream, string name, string note, FuzzCase given, ImmutableArray<ProgramRun> runs)
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("note", note);
        SettingsForm.Write(json, given.Settings);
        if (given.Droplets.Length == 1 && runs.Length == 1)
        {
            json.WritePropertyName("tables");
            RowForm.Write(json, given.Droplets[0].Rows);
            WriteRun(json, runs[0]);
        }
        else
        {
            WriteWorld(json, given, runs);
        }
        json.WriteEndObject();
    }

    private static void WriteWorld(Utf8JsonWriter json, FuzzCase given, ImmutableArray<ProgramRun> runs)
    {
        json.WriteStartObject("world");
        for (int i = 0; i < given.Droplets.Length; i++)
        {
            json.WriteStartObject(Name(i));
            json.WritePropertyName("tables");
            RowForm.Write(json, given.Droplets[i].Rows);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartArray("runs");
        foreach (ProgramRun run in runs)
        {
            json.WriteStartObject();
            json.WriteString("at", Name(run.Droplet));
            WriteRun(json, run);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteRun(Utf8JsonWriter json, ProgramRun run)
    {
        json.WriteString("program", run.Program == ProgramId.Agent ? "_agent" : "_transit");
        if (run.Program == ProgramId.Agent)
        {
            json.WriteNumber("agent", run.Agent.Value - 1);
        }
        if (run.At.Picoseconds != 0)
        {
            json.WriteNumber("at_ps", run.At.Picoseconds);
        }
        json.WriteString("in_hex", Convert.ToHexStringLower(run.FrameIn));
        json.WriteString("action", $"XDP_{RunJudge.Text(run.Verdict)}");
        if (run.Reason is { } reason)
        {
            json.WriteString("reason", SettingsForm.Name(reason.ToString()));
        }
        json.WriteString("out_hex", Convert.ToHexStringLower(run.FrameOut));
        if (run.Redirect is { } target)
        {
            json.WriteStartObject("redirect");
            json.WriteString("devmap", target.Devmap == Devmap.Agent ? "agent" : "transit");
            json.WriteNumber("slot", target.Slot);
            json.WriteEndObject();
        }
        json.WritePropertyName("changes");
        RowForm.Write(json, run.Changes);
    }

    private static string Name(int droplet) => string.Create(CultureInfo.InvariantCulture, $"d{droplet + 1}");
}
