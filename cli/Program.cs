using System.CommandLine;
using MizarLab.Cli;
using MizarLab.Cli.Commands;
using MizarLab.Harness.Backends;
using MizarLab.Scenarios;

// One command a file; a new one is a line here.
RootCommand root = new("Simulator and conformance lab for the Mizar cloud network: one scenario on the model, on the compiled XDP programs, in namespaces and in containers, compared.")
{
    RunCommand.Create(),
    DemoCommand.Create(),
    VectorsCommand.Create(),
    TraceCommand.Create(),
    ValidateCommand.Create(),
    SchemaCommand.Create(),
    ListCommand.Create(),
    DoctorCommand.Create(),
    CleanCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
    {
        Console.Error.WriteLine($"mizarlab: {error.Message}");
    }
    string named = parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
    Console.Error.WriteLine($"mizarlab: try 'mizarlab{named} --help'");
    return ExitCode.Wrong;
}

try
{
    // A cancelled run takes its namespaces and containers down first; that needs more than the two seconds given by default.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
}
catch (UserError error)
{
    Console.Error.WriteLine($"mizarlab: {error.Message}");
    return error.ExitCode;
}
catch (ScenarioException error)
{
    Console.Error.WriteLine(error.Message);
    return ExitCode.Wrong;
}
catch (HarnessException error)
{
    Console.Error.WriteLine($"mizarlab: {error.Message}");
    return ExitCode.Lacking;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("mizarlab: interrupted; everything made is gone");
    return ExitCode.Interrupted;
}
