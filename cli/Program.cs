using System.CommandLine;
using MizarLab.Cli;
using MizarLab.Cli.Commands;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Experiments;
using MizarLab.Scenarios;

// One command a file; a new one is a line here.
RootCommand root = new("Simulator and conformance lab for the Mizar cloud network: one scenario on the model, on the compiled XDP programs, in namespaces and in containers, compared.")
{
    RunCommand.Create(),
    SimulateCommand.Create(),
    SimulateTaskCommand.Create(),
    ScriptTaskCommand.Create(),
    DemoCommand.Create(),
    VectorsCommand.Create(),
    ConformCommand.Create(),
    FuzzCommand.Create(),
    TraceCommand.Create(),
    ValidateCommand.Create(),
    SchemaCommand.Create(),
    ListCommand.Create(),
    CompareCommand.Create(),
    ReproduceCommand.Create(),
    BenchCommand.Create(),
    DoctorCommand.Create(),
    CleanCommand.Create(),
};
LabCommand.ShowDetails(root, ExitCode.Help);

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    ArgumentErrors.Print(parsed, Console.Error);
    return ExitCode.Wrong;
}

using Interruption interruption = new();
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interruption.Token);
}
catch (UserError error)
{
    Tell($"mizarlab: {error.Message}");
    return error.ExitCode;
}
catch (StudyFailedException error)
{
    Tell(error.Message);
    return ExitCode.Broken;
}
catch (ScenarioException error)
{
    Tell(error.Message);
    return ExitCode.Wrong;
}
catch (OperationCanceledException cut) when (interruption.Token.IsCancellationRequested)
{
    Tell($"mizarlab: interrupted; {(cut as KeptException)?.Message ?? "everything made is gone"}");
    return interruption.ExitCode;
}
catch (Exception trouble) when (trouble is HarnessException or IOException or UnauthorizedAccessException)
{
    Tell($"mizarlab: {trouble.Message}");
    return ExitCode.Lacking;
}
catch (Exception defect)
{
    bool wanted = Environment.GetEnvironmentVariable("MIZARLAB_DEBUG") == "1";
    Tell($"mizarlab: a defect of the lab: {(wanted ? defect : $"{defect.GetType().Name}: {defect.Message}")}");
    Tell("mizarlab: please report it with the scenario and what MIZARLAB_DEBUG=1 shows");
    return ExitCode.Defect;
}

static void Tell(string text) => Console.Error.WriteLine(Printable.Of(text));
